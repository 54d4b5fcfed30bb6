import { _ } from './gettext.ts'

/** What is wrong with the name of a container or pod; undefined for one that can be used. Empty: one is chosen. */
export function nameError(name: string): string | undefined {
  if (name === '' || /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return undefined
  return _('A name begins with a letter or digit and has only letters, digits, dots, dashes and underscores.')
}
