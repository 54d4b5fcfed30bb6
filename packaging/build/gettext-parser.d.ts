declare module 'gettext-parser' {
  interface Entry {
    msgid: string
    msgid_plural?: string
    msgctxt?: string
    msgstr: string[]
    comments?: { flag?: string; reference?: string }
  }
  interface Catalogue {
    charset?: string
    headers: Record<string, string>
    translations: Record<string, Record<string, Entry>>
  }
  export const po: {
    parse(text: Buffer | string): Catalogue
    compile(catalogue: Catalogue, options?: { foldLength?: number }): Buffer
  }
}
