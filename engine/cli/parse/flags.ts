/** A flag of a command. `value` is its value's name in help; of a number it says which are taken: `int`, `uint` (from 0 on), in Go's notations, or `float`. */
export interface Flag<T> {
  kind: 'bool' | 'text' | 'number' | 'texts' | 'words'
  short: string
  help: string
  value: string
  initial: T
  /** The only values allowed. */
  choices?: readonly string[]
  /** What is said of any other value, where podman does not say it as pflag does; `{value}` is the value. */
  refusal?: string
  /** The exit code of that, where it is not that of all invalid command lines; the sentence then stands alone. */
  refusalCode?: number
  /** Other names, as podman has them. */
  aliases?: readonly string[]
  hidden?: boolean
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

/** The values of a command's flags, by their long names. */
export type Values<F extends Flags> = { [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

type Extra = Partial<Pick<Flag<unknown>, 'value' | 'choices' | 'refusal' | 'refusalCode' | 'aliases' | 'hidden'>>

/** On or off. */
export const bool = (short: string, help: string, initial = false, extra: Extra = {}): Flag<boolean> => ({
  kind: 'bool',
  short,
  help,
  value: '',
  initial,
  ...extra,
})

/** One text; the last one wins. */
export const text = (short: string, help: string, extra: Extra = {}): Flag<string | undefined> => ({
  kind: 'text',
  short,
  help,
  value: 'string',
  initial: undefined,
  ...extra,
})

/** One text with a default. */
export const textOr = (short: string, help: string, initial: string, extra: Extra = {}): Flag<string> => ({
  kind: 'text',
  short,
  help,
  value: 'string',
  initial,
  ...extra,
})

/** A number. */
export const number = (short: string, help: string, extra: Extra = {}): Flag<number | undefined> => ({
  kind: 'number',
  short,
  help,
  value: 'int',
  initial: undefined,
  ...extra,
})

/** A number with a default. */
export const numberOr = (short: string, help: string, initial: number, extra: Extra = {}): Flag<number> => ({
  kind: 'number',
  short,
  help,
  value: 'int',
  initial,
  ...extra,
})

/** Texts, one for each time the flag is given. */
export const texts = (short: string, help: string, extra: Extra = {}): Flag<string[]> => ({
  kind: 'texts',
  short,
  help,
  value: 'stringArray',
  initial: [],
  ...extra,
})

/** Texts, with commas between them or each with the flag of its own. */
export const words = (short: string, help: string, extra: Extra = {}): Flag<string[]> => ({
  kind: 'words',
  short,
  help,
  value: 'strings',
  initial: [],
  ...extra,
})
