import { EngineError } from '../../../engine/errors/index.ts'
import type { Engine } from '../../../engine/contract/index.ts'
import { isActive } from '../../engine/container-summary.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _, C_, ngettext } from '../../i18n/gettext.ts'

/** What can be done with several containers at once. */
export type BulkVerb = 'start' | 'stop' | 'restart' | 'remove'

interface BulkAction {
  /** The button that offers it. */
  readonly offer: () => string
  readonly title: (count: number) => string
  /** The button that does it. */
  readonly action: () => string
  /** While it runs on a container. */
  readonly label: () => string
  /** What a container is told to be afterwards. */
  readonly done: () => string
  /** Why a container is left as it is; undefined where the action applies. */
  readonly skip: (container: ContainerSummary) => string | undefined
  readonly words: (options: BulkOptions, running: boolean) => string[]
  readonly run: (engine: Engine, container: ContainerSummary, options: BulkOptions) => Promise<unknown>
  readonly danger?: boolean
}

/** What is asked before containers are removed. */
export interface BulkOptions {
  /** Their anonymous volumes too. */
  readonly volumes: boolean
}

/** Each of them. */
export const bulkActions: Record<BulkVerb, BulkAction> = {
  start: {
    offer: () => C_('action', 'Start'),
    title: (count) => ngettext('Start {n} container', 'Start {n} containers', count),
    action: () => C_('action', 'Start'),
    label: () => _('Starting'),
    done: () => C_('result', 'Started'),
    skip: ({ State }) => (State === 'running' ? _('Already running') : State === 'paused' ? _('Paused') : undefined),
    words: () => ['start'],
    run: (engine, { Id }) => engine['container.start']({ name: Id }).catch(ignoreAlready),
  },
  stop: {
    offer: () => C_('action', 'Stop'),
    title: (count) => ngettext('Stop {n} container', 'Stop {n} containers', count),
    action: () => C_('action', 'Stop'),
    label: () => _('Stopping'),
    done: () => C_('result', 'Stopped'),
    skip: (container) => (isActive(container) ? undefined : _('Not running')),
    words: () => ['stop'],
    run: (engine, { Id }) => engine['container.stop']({ name: Id }).catch(ignoreAlready),
  },
  restart: {
    offer: () => C_('action', 'Restart'),
    title: (count) => ngettext('Restart {n} container', 'Restart {n} containers', count),
    action: () => C_('action', 'Restart'),
    label: () => _('Restarting'),
    done: () => C_('result', 'Restarted'),
    skip: () => undefined,
    words: () => ['restart'],
    run: (engine, { Id }) => engine['container.restart']({ name: Id }),
  },
  remove: {
    offer: () => _('Remove…'),
    title: (count) => ngettext('Remove {n} container', 'Remove {n} containers', count),
    action: () => _('Remove'),
    label: () => _('Removing'),
    done: () => C_('result', 'Removed'),
    skip: () => undefined,
    words: ({ volumes }, running) => ['rm', ...(running ? ['--force'] : []), ...(volumes ? ['--volumes'] : [])],
    run: (engine, container, { volumes }) =>
      engine['container.remove']({ name: container.Id, force: isActive(container), v: volumes }),
    danger: true,
  },
}

/** Another client was faster: the container is in the wanted state. */
function ignoreAlready(error: unknown): void {
  if (!EngineError.is(error, 'ContainerAlreadyStarted', 'ContainerAlreadyStopped')) throw error
}

/** Runs `work` on each item, a few at a time. It does not throw. */
export async function forEachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
