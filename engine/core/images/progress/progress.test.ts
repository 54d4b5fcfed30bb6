import { expect, test } from 'vitest'

import { reportSteps } from './progress.ts'

test('a line that quotes an image cannot take over the terminal it comes to', () => {
  const items: object[] = []
  reportSteps((item) => items.push(item), false).line('WARNING: image platform (linux/\u001b[31mx) …')
  expect(items).toEqual([{ stream: 'WARNING: image platform (linux/\\x1b[31mx) …\n' }])
})
