import { _ } from '../i18n/gettext.ts'

/** Puts a text on the clipboard. @throws where the browser does not let the page do so */
export async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error(_('The browser allows this only on pages that came over HTTPS.'))
  await navigator.clipboard.writeText(text)
}
