/** A step of a build without what every step says: `/bin/sh -c #(nop)` and the marks of build tools. */
export function createdByText(text: string): string {
  return text
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(RUN )?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .trim()
}
