declare module 'gettext-parser' {
  interface Entry {
    msgid: string
    msgid_plural?: string
    msgctxt?: string
    msgstr: string[]
    comments?: { flag?: string }
  }
  export const po: {
    parse(text: Buffer): { headers: Record<string, string>; translations: Record<string, Record<string, Entry>> }
  }
}
