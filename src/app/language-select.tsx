import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'

import { _, chooseLanguage, language } from '../i18n/gettext.ts'
import { chooseAndReload, languages } from './language.ts'

/** Selects the language of the page. */
export function LanguageSelect() {
  const now =
    chooseLanguage(
      [language()],
      languages.map(({ code }) => code),
    ) ?? 'en'
  return (
    <FormSelect
      value={now}
      aria-label={_('Language')}
      onChange={(_event, code) => chooseAndReload(code)}
      className="berth-language"
    >
      {languages.map(({ code, name }) => (
        <FormSelectOption key={code} value={code} label={name} />
      ))}
    </FormSelect>
  )
}
