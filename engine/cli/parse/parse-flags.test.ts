import { expect, test } from 'vitest'

import { bool, number, text, texts, words } from './flags.ts'
import { parseFlags } from './parse-flags.ts'

const flags = {
  interactive: bool('i', ''),
  tty: bool('t', ''),
  env: texts('e', ''),
  dns: words('', ''),
  time: number('', '', { aliases: ['timeout'] }),
  name: text('n', '', { choices: ['a', 'b'] }),
  retries: number('', ''),
  copies: number('', '', { value: 'uint' }),
  cpus: number('', '', { value: 'float' }),
}
const parse = (line: string, options = {}) => parseFlags(flags, line.split(' '), { program: 'berth x', ...options })

test.each([
  ['-it x', { interactive: true, tty: true }, ['x']],
  ['-ite A=b x', { interactive: true, tty: true, env: ['A=b'] }, ['x']],
  ['-eA=b -e C=d', { env: ['A=b', 'C=d'] }, []],
  ['--env=A=b=c --tty=false', { env: ['A=b=c'], tty: false }, []],
  ['--dns 1.1.1.1,8.8.8.8 --dns 9.9.9.9', { dns: ['1.1.1.1', '8.8.8.8', '9.9.9.9'] }, []],
  ['--dns "a,b",c --dns d,,e --dns=', { dns: ['a,b', 'c', 'd', '', 'e'] }, []],
  ['--cpus 1.5', { cpus: 1.5 }, []],
  ['x --timeout 3 y', { time: 3 }, ['x', 'y']],
  ['--retries -0x10 --copies 0', { retries: -16, copies: 0 }, []],
  ['--retries 12 --copies 010', { retries: 12, copies: 8 }, []],
  ['-- -i --nope', { interactive: false }, ['-i', '--nope']],
  ['- x', {}, ['-', 'x']],
])('%s', (line, values, args) => {
  expect(parse(line)).toMatchObject({ values, args })
})

test('-h asks for help, unless it is the short form of another flag', () => {
  const help = bool('', '')
  expect(parseFlags({ ...flags, help }, ['-th'], { program: 'berth x' }).values).toMatchObject({ tty: true, help: true })
  const hostname = text('h', '')
  const { values } = parseFlags({ help, hostname }, ['-h', 'web'], { program: 'berth run' })
  expect(values).toMatchObject({ help: false, hostname: 'web' })
  expect(() => parse('-h')).toThrow("unknown shorthand flag: 'h' in -h")
})

test('the first argument ends the flags where the rest is another program’s', () => {
  expect(parse('-i image -t --env=x', { stopAtFirst: true })).toMatchObject({
    args: ['image', '-t', '--env=x'],
    values: { interactive: true, tty: false },
  })
})

test.each([
  ['--nope', 'unknown flag: --nope'],
  ['-x', "unknown shorthand flag: 'x' in -x"],
  ['-ix', "unknown shorthand flag: 'x' in -x"],
  ['--retries 1.5', 'invalid argument "1.5" for "--retries" flag: strconv.ParseInt: parsing "1.5": invalid syntax'],
  [
    '--retries 99999999999999999999',
    'invalid argument "99999999999999999999" for "--retries" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
  ],
  ['--copies -1', 'invalid argument "-1" for "--copies" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
  ['--env', 'flag needs an argument: --env'],
  ['-e', "flag needs an argument: 'e' in -e"],
  ['--time abc', 'invalid argument "abc" for "--time" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
  ['--cpus abc', 'invalid argument "abc" for "--cpus" flag: strconv.ParseFloat: parsing "abc": invalid syntax'],
  ['--dns a"b', 'invalid argument "a"b" for "--dns" flag: parse error on line 1, column 3: bare " in non-quoted field'],
  ['-n c', 'invalid argument "c" for "-n, --name" flag: "c" is not a valid value.  Choose from: "a, b"'],
  ['--tty=maybe', 'invalid argument "maybe" for "-t, --tty" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  ['--__proto__', 'unknown flag: --__proto__'],
  ['--blkio-weight 3', "--blkio-weight is a flag of podman's that Berth does not have yet"],
])('%s is refused by name', (line, message) => {
  expect(() => parse(line, { notYet: 'gpus blkio-weight' })).toThrow(
    expect.objectContaining({ message, hint: "See 'berth x --help'" }),
  )
})
