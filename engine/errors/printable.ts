// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

/**
 * Text that may hold what others wrote (a registry, an image, a file's name), fit for a terminal: control characters, which could
 * move the cursor, recolour or retitle it, are shown as `\x1b`. Tabs and ends of lines stay.
 */
export function printable(text: string): string {
  return text.replace(unsafe, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
