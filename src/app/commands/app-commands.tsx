import { useMemo } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { linkTo, navigate } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { PullDialog } from '../../images/dialogs/lazy.ts'
import { useCommands } from '../../ui/commands.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { linkToView, views } from '../views.tsx'
import type { AppCommand } from './app-command.ts'
import { AboutDialog } from './about-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

/** The second key of the shortcuts that open pages. */
const pageKeys: Record<string, string> = { overview: 'o', containers: 'c', images: 'i', events: 'e', system: 's', audit: 'a' }

/** All commands that need no object: pages, dialogs and help. */
export function useAppCommands(): readonly AppCommand[] {
  const { can } = useEngine()
  const { open } = useDialogs()
  const { createContainer, createPod } = useCommands()
  return useMemo(() => {
    const pages = views
      .filter(({ operation }) => operation === undefined || can.does(operation))
      .map((view): AppCommand => {
        const letter = pageKeys[view.key]
        return {
          key: `page ${view.key}`,
          title: format(_('Go to {page}'), { page: view.title() }),
          ...(letter === undefined ? {} : { shortcut: ['g', letter] }),
          run: () => navigate(linkToView(view)),
        }
      })
    const all: readonly AppCommand[] = [
      ...pages,
      { key: 'create', title: _('Create container'), shortcut: ['c'], run: () => createContainer() },
      { key: 'pod', title: _('Create pod'), run: () => createPod() },
      { key: 'pull', title: _('Pull image'), shortcut: ['p'], run: () => open((close) => <PullDialog onClose={close} />) },
      {
        key: 'tasks',
        title: _('Tasks'),
        shortcut: ['t'],
        run: () => document.getElementById('berth-tasks-button')?.click(),
      },
      {
        key: 'shortcuts',
        title: _('Keyboard shortcuts'),
        shortcut: ['?'],
        run: () => open((close) => <ShortcutsDialog commands={all} onClose={close} />),
      },
      { key: 'about', title: _('About Berth'), run: () => open((close) => <AboutDialog onClose={close} />) },
    ]
    return all
  }, [can, open, createContainer, createPod])
}

/** The containers and images that can be gone to. */
export function useObjectCommands(): readonly AppCommand[] {
  const { data } = useEngine()
  const containers = useStore(data.containers).items
  const images = useStore(data.images).items
  return useMemo(
    () => [
      ...(containers ?? []).map((each) => ({
        key: `container ${each.Id}`,
        title: format(_('Container {name}'), { name: nameOf(each) }),
        run: () => navigate(linkTo(['containers', each.Id])),
      })),
      ...(images ?? []).flatMap(({ RepoTags }) =>
        (RepoTags ?? []).map((name) => ({
          key: `image ${name}`,
          title: format(_('Image {name}'), { name }),
          run: () => navigate(linkTo(['images', name])),
        })),
      ),
    ],
    [containers, images],
  )
}
