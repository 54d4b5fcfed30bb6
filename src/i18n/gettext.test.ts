import { afterEach, expect, test } from 'vitest'

import { _, C_, chooseLanguage, format, language, ngettext, setCatalogue } from './gettext.ts'

afterEach(() => setCatalogue())

test('without a catalogue everything is in English, numbers too', () => {
  expect([_('Name'), C_('state', 'Running'), ngettext('{n} day', '{n} days', 1), ngettext('{n} day', '{n} days', 1200)]).toEqual([
    'Name',
    'Running',
    '1 day',
    '1,200 days',
  ])
})

test('a catalogue translates by message and context, and leaves out what it has not got', () => {
  setCatalogue({
    language: 'pl',
    pluralForms: 'nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);',
    messages: { Name: ['Nazwa'], 'state\u0004Running': ['Działa'], '{n} day': ['{n} dzień', '{n} dni(2)', '{n} dni(5)'] },
  })
  expect([language(), _('Name'), C_('state', 'Running'), C_('action', 'Running'), _('Image')]).toEqual([
    'pl',
    'Nazwa',
    'Działa',
    'Running',
    'Image',
  ])
  expect([1, 3, 5].map((n) => ngettext('{n} day', '{n} days', n))).toEqual(['1 dzień', '3 dni(2)', '5 dni(5)'])
})

test('places are filled, and unknown ones stay visible', () => {
  expect(format('{a} of {b}', { a: 1, b: '$&' })).toBe('1 of $&')
  expect(format('{a} {c}', { a: 1 })).toBe('1 {c}')
})

test('the language is the first wanted that there is; English needs no catalogue', () => {
  expect(chooseLanguage(['ko-KR', 'en'], ['ko'])).toBe('ko')
  expect(chooseLanguage(['fr', 'ko-kr'], ['ko'])).toBe('ko')
  expect(chooseLanguage(['en-GB', 'ko'], ['ko'])).toBeUndefined()
  expect(chooseLanguage(['pt-BR'], ['pt', 'pt_BR'])).toBe('pt_BR')
})
