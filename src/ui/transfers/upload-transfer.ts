import type { BackgroundTransfer } from '../../engine/transfers/background-transfers.ts'
import { mapped, type Store } from '../../engine/store.ts'
import { type Upload, uploadedShare } from '../../engine/transfers/uploads.ts'
import { ngettext } from '../../i18n/gettext.ts'

/** Uploads that go on without their dialog. `stop` cancels them. */
export const uploadTransfer = (
  uploads: Store<readonly Upload[]>,
  stop: () => void,
): Pick<BackgroundTransfer, 'title' | 'share' | 'stop'> => ({
  title: ngettext('Uploading {n} file', 'Uploading {n} files', uploads.get().length),
  share: mapped(uploads, uploadedShare),
  stop,
})
