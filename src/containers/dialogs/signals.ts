import { _ } from '../../i18n/gettext.ts'

/** Signals that dialogs offer. */
export const signals = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
export type Signal = (typeof signals)[number]

/** What each is for. */
export const signalTitles = (): Record<Signal, string> => ({
  SIGKILL: _('SIGKILL – kill immediately'),
  SIGTERM: _('SIGTERM – terminate'),
  SIGINT: _('SIGINT – interrupt (Ctrl-C)'),
  SIGHUP: _('SIGHUP – hang up (often reloads the configuration)'),
  SIGQUIT: _('SIGQUIT – quit (Ctrl-\\)'),
  SIGUSR1: 'SIGUSR1',
  SIGUSR2: 'SIGUSR2',
})
