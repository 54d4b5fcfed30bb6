import { expect, test } from 'vitest'

import { checkTag, fillTag } from './log-tag.ts'

test('a tag has the fields of inspect', () => {
  const inspected = { Id: 'abc', Name: 'web', Config: { Image: 'box', Env: ['a'] } }
  expect(fillTag('{{.Name}}/{{ .ID }} {{.Config.Image}}{{.Config.Env}}{{.constructor}}', inspected)).toBe('web/abc box')
  expect(() => checkTag('x {{.Name}}')).not.toThrow()
  expect(() => checkTag('{{if .Name}}x{{end}}')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})
