import { expect, test } from 'vitest'

import { labelWords, nameOfImage } from './label-command.ts'
import { wordsOf } from './words.ts'

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  [`a "b c" 'd "e'`, ['a', 'b c', 'd "e']],
  ['a\\ b c"d"e ""', ['a b', 'cde', '']],
  ['', []],
])('the words of %j', (text, words) => expect(wordsOf(text)).toEqual(words))

const variables = { image: 'localhost/rl:1', name: 'rl', environment: { PWD: '/here', A: '$IMAGE' } }

// As `podman container runlabel --display` 5.4.2 has it.
test.each([
  [
    'podman run --rm --name NAME -e A=$PWD IMAGE echo ${NAME} $IMAGE =IMAGE',
    'podman run --rm --name rl -e A=/here localhost/rl:1 echo rl localhost/rl:1 =localhost/rl:1',
  ],
  ['echo $IMAGE ${OPT1} $FOO ~ *', 'echo localhost/rl:1 ~ *'],
  ['x MYIMAGE IMAGES $A', 'x MYIMAGE IMAGES $IMAGE'],
])('%s', (label, words) => expect(labelWords(label, variables).join(' ')).toBe(words))

test('a container is named after its image', () => {
  expect(nameOfImage('quay.io/a/b:1')).toBe('b')
  expect(nameOfImage('localhost:5000/c@sha256:00')).toBe('c')
})
