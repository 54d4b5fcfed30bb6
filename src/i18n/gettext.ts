import { type PluralRule, pluralRule } from './plural.ts'

/** One language as the build writes it: `po/<language>.json`. */
export interface Catalogue {
  language: string
  pluralForms: string
  /** Translations by message, or by `context\u0004message`; one entry per plural form. */
  messages: Record<string, string[]>
}

const english: Catalogue = { language: 'en', pluralForms: 'nplurals=2; plural=n != 1;', messages: {} }

let catalogue = english
let rule: PluralRule = pluralRule(english.pluralForms)
let numbers = new Intl.NumberFormat('en')

/** The language shown, as `Intl` and `lang=""` name it. */
export const language = (): string => catalogue.language.replace('_', '-')

/** Sets the language for everything rendered afterwards; English by default. */
export function setCatalogue(next: Catalogue = english): void {
  catalogue = next
  rule = pluralRule(next.pluralForms)
  numbers = new Intl.NumberFormat(language())
}

/** `message` in the language shown. Only with a literal: the catalogues are made from the calls. */
export function _(message: string): string {
  return catalogue.messages[message]?.[0] ?? message
}

/** Like {@link _}, for a word whose translation depends on its context. */
export function C_(context: string, message: string): string {
  return catalogue.messages[`${context}\u0004${message}`]?.[0] ?? message
}

/** The form of a message that goes with the number `n`; `{n}` in it becomes the number. */
export function ngettext(one: string, many: string, n: number): string {
  const text = catalogue.messages[one]?.[rule(n)] ?? (n === 1 ? one : many)
  return text.replaceAll('{n}', numbers.format(n))
}

/** Fills the `{name}` places of a translated message. */
export function format(message: string, values: Record<string, string | number>): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** The best of `available` for the languages `wanted`; undefined is English. */
export function chooseLanguage(wanted: readonly string[], available: readonly string[]): string | undefined {
  for (const each of wanted) {
    const name = each.toLowerCase().replace('_', '-')
    const [base] = name.split('-')
    if (base === 'en') return undefined
    const found =
      available.find((one) => one.toLowerCase().replace('_', '-') === name) ??
      available.find((one) => one.split(/[-_]/)[0] === base)
    if (found !== undefined) return found
  }
  return undefined
}
