/** An http or https address, or nothing for what is none. */
export function webAddress(text: string): URL | undefined {
  return /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
}
