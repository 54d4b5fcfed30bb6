import { type Catalogue, chooseLanguage, language, setCatalogue } from '../i18n/gettext.ts'

/** Cockpit's cookie: the language is shared with Cockpit. */
const cookie = 'CockpitLang'

/** The available languages, each by its own name. */
export const languages: readonly { code: string; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'ko', name: '한국어' },
]

function chosen(): string[] {
  const value = document.cookie.split('; ').find((each) => each.startsWith(`${cookie}=`))
  return value ? [decodeURIComponent(value.slice(cookie.length + 1))] : []
}

async function read<T>(path: string): Promise<T> {
  const reply = await fetch(path)
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`)
  return (await reply.json()) as T
}

/** Loads the selected language, or the browser's. Without a catalogue the page is in English. */
export async function loadLanguage(): Promise<void> {
  const wanted = [...chosen(), ...navigator.languages]
  try {
    if (
      !chooseLanguage(
        wanted,
        languages.map(({ code }) => code),
      )
    )
      return
    const available = await read<string[]>('po/index.json')
    const name = chooseLanguage(wanted, available)
    if (name !== undefined) setCatalogue(await read<Catalogue>(`po/${name}.json`))
  } catch {
    setCatalogue()
  } finally {
    document.documentElement.lang = language()
  }
}

/** Stores the language in a cookie and reloads the page. */
export function chooseAndReload(code: string): void {
  document.cookie = `${cookie}=${code}; path=/; max-age=31536000; SameSite=Strict`
  window.location.reload()
}
