import { EngineError } from '../../engine/errors/index.ts'
import { problemOf } from '../../engine/spec/bad-value.ts'
import { checkName } from '../../engine/spec/name.ts'
import { _, format, language } from './gettext.ts'
import { foreignWording, sentences } from './problem-sentences.ts'

/** A failure as a person reads it. */
export interface Problem {
  /** One sentence in the language shown. */
  readonly sentence: string
  /** What the engine, or the program that failed, says; undefined where that is the sentence. */
  readonly raw: string | undefined
}

/** What is wrong, in the language shown. */
export function explain(error: EngineError): Problem {
  const { code, message, details } = error
  const value = valueSentence(details)
  // What is wrong with one value is all that there is to say; what else podman says has its reason behind it.
  const isWhole = code === 'InvalidArgument' || podmanWording[String(details['sentence'])] === undefined
  if (value !== undefined) return { sentence: value, raw: isWhole ? undefined : message }
  const sentence = sentences[code]?.(details)
  const isOurs = !foreignWording.has(code) && language().startsWith('en')
  return sentence === undefined || isOurs || sentence === message
    ? { sentence: message, raw: undefined }
    : { sentence, raw: message }
}

/** Sentences of engine/spec and the engine that are podman's for those who compare them, as a person reads them. */
const podmanWording: Readonly<Record<string, () => string>> = {
  'The name "{name}" is invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument': () =>
    _('The name "{name}" cannot be used: names begin with a letter or digit, and go on with letters, digits, _, . and -.'),
  'statfs {source}: no such file or directory': () => _('The path {source} that is to be mounted does not exist on the host.'),
  'logging into {key}: invalid username/password': () => _('The registry refuses this user name or password.'),
  'payload does not match any of the supported image formats: {archive}: {reason}': () =>
    _('This is no archive of images, neither of the kind that OCI describes nor of that which docker save writes.'),
  'statfs {source}: permission denied': () => _('You have no access to the path {source} that is to be mounted.'),
}

/** What is wrong with a value, as engine/spec says it; undefined for another failure. */
function valueSentence({ sentence, contexts = [], ...values }: EngineError['details']): string | undefined {
  if (typeof sentence !== 'string' || !Array.isArray(contexts)) return undefined
  const fill = (text: string) => format(podmanWording[text]?.() ?? _(text), values as Record<string, string | number>)
  return [...contexts, sentence].map(fill).join(': ')
}

/** {@link explain}'s sentence alone, where there is no room for more. */
export const problemText = (error: unknown): string => explain(EngineError.from(error)).sentence

/** What a check of engine/spec finds wrong; undefined for what can be used. */
export function problemIn(check: () => unknown): string | undefined {
  const problem = problemOf(check)
  return problem && problemText(problem)
}

/** What is wrong with the name of a container or pod. Empty: one is chosen. */
export const nameError = (name: string): string | undefined => (name === '' ? undefined : problemIn(() => checkName(name)))
