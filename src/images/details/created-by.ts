/** A build step without the prefixes and suffixes of build tools, such as `/bin/sh -c #(nop)`. */
export function createdByText(text: string): string {
  return text
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(RUN )?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .trim()
}
