import type { EngineError } from '../../engine/errors/index.ts'
import { problemOf } from '../../engine/spec/bad-value.ts'
import { checkName } from '../../engine/spec/name.ts'
import { _, format } from './gettext.ts'

/** What is wrong with a value, as engine/spec says it, in the language shown. */
export function problemText({ message, details }: EngineError): string {
  const { sentence, contexts = [], ...values } = details
  if (typeof sentence !== 'string' || !Array.isArray(contexts)) return message
  const fill = (text: string) => format(_(text), values as Record<string, string | number>)
  return [...contexts, sentence].map(fill).join(': ')
}

/** What a check of engine/spec finds wrong; undefined for what can be used. */
export function problemIn(check: () => unknown): string | undefined {
  const problem = problemOf(check)
  return problem && problemText(problem)
}

/** What is wrong with the name of a container or pod. Empty: one is chosen. */
export const nameError = (name: string): string | undefined => (name === '' ? undefined : problemIn(() => checkName(name)))
