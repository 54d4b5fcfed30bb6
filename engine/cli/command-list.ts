import type { Command } from './command.ts'

type Load = () => Promise<Command>

/** Every command, by the words that call it. Loaded one at a time: a command line pays only for its own. */
export const commands: Readonly<Record<string, Load>> = {
  attach: async () => (await import('./commands/attach.ts')).attach,
  completion: async () => (await import('./commands/completion.ts')).completion,
  console: async () => (await import('./commands/console.ts')).consoleCommand,
  'container checkpoint': async () => (await import('./commands/checkpoint.ts')).checkpoint,
  'container cleanup': async () => (await import('./commands/cleanup.ts')).cleanup,
  'container exists': async () => (await import('./commands/exists.ts')).containerExists,
  'container inspect': async () => (await import('./commands/inspect.ts')).containerInspect,
  'container prune': async () => (await import('./commands/prune.ts')).containerPrune,
  'container restore': async () => (await import('./commands/restore.ts')).restore,
  create: async () => (await import('./commands/create.ts')).create,
  diff: async () => (await import('./commands/diff.ts')).diff,
  events: async () => (await import('./commands/events.ts')).events,
  exec: async () => (await import('./commands/exec.ts')).exec,
  history: async () => (await import('./commands/history.ts')).history,
  'image exists': async () => (await import('./commands/exists.ts')).imageExists,
  'image diff': async () => (await import('./commands/diff.ts')).imageDiff,
  'image inspect': async () => (await import('./commands/inspect.ts')).imageInspect,
  'image mount': async () => (await import('./commands/image-mount.ts')).imageMount,
  'image prune': async () => (await import('./commands/prune.ts')).imagePrune,
  'image tree': async () => (await import('./commands/tree.ts')).imageTree,
  'image unmount': async () => (await import('./commands/image-mount.ts')).imageUnmount,
  images: async () => (await import('./commands/images.ts')).images,
  info: async () => (await import('./commands/info.ts')).info,
  init: async () => (await import('./commands/init.ts')).init,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
  kill: async () => (await import('./commands/kill.ts')).kill,
  load: async () => (await import('./commands/load.ts')).load,
  logs: async () => (await import('./commands/logs.ts')).logs,
  pause: async () => (await import('./commands/pause.ts')).pause,
  'pod create': async () => (await import('./commands/pod-create.ts')).podCreate,
  'pod exists': async () => (await import('./commands/exists.ts')).podExists,
  'pod inspect': async () => (await import('./commands/inspect.ts')).podInspect,
  'pod kill': async () => (await import('./commands/pod-verbs.ts')).podKill,
  'pod pause': async () => (await import('./commands/pod-verbs.ts')).podPause,
  'pod prune': async () => (await import('./commands/prune.ts')).podPrune,
  'pod ps': async () => (await import('./commands/pod-ps.ts')).podPs,
  'pod restart': async () => (await import('./commands/pod-verbs.ts')).podRestart,
  'pod rm': async () => (await import('./commands/pod-rm.ts')).podRm,
  'pod start': async () => (await import('./commands/pod-verbs.ts')).podStart,
  'pod stop': async () => (await import('./commands/pod-verbs.ts')).podStop,
  'pod top': async () => (await import('./commands/top.ts')).podTop,
  'pod unpause': async () => (await import('./commands/pod-verbs.ts')).podUnpause,
  port: async () => (await import('./commands/port.ts')).port,
  ps: async () => (await import('./commands/ps.ts')).ps,
  pull: async () => (await import('./commands/pull.ts')).pull,
  rename: async () => (await import('./commands/rename.ts')).rename,
  restart: async () => (await import('./commands/restart.ts')).restart,
  rm: async () => (await import('./commands/rm.ts')).rm,
  rmi: async () => (await import('./commands/rmi.ts')).rmi,
  run: async () => (await import('./commands/run.ts')).run,
  start: async () => (await import('./commands/start.ts')).start,
  stats: async () => (await import('./commands/stats.ts')).stats,
  stop: async () => (await import('./commands/stop.ts')).stop,
  'system check': async () => (await import('./commands/check.ts')).check,
  'system df': async () => (await import('./commands/df.ts')).df,
  'system prune': async () => (await import('./commands/system-prune.ts')).systemPrune,
  'system service': async () => (await import('./commands/service.ts')).service,
  tag: async () => (await import('./commands/tag.ts')).tag,
  top: async () => (await import('./commands/top.ts')).top,
  unpause: async () => (await import('./commands/pause.ts')).unpause,
  untag: async () => (await import('./commands/untag.ts')).untag,
  version: async () => (await import('./commands/version.ts')).version,
  wait: async () => (await import('./commands/wait.ts')).wait,
}

/** Other words for the same commands. */
export const aliases: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'attach create exec init kill logs pause port ps rename restart rm run start stats stop top unpause wait'
      .split(' ')
      .map((name) => [`container ${name}`, name]),
  ),
  'container ls': 'ps',
  'container list': 'ps',
  'image history': 'history',
  'image list': 'images',
  'image ls': 'images',
  'image load': 'load',
  'image pull': 'pull',
  'image rm': 'rmi',
  'image tag': 'tag',
  'image umount': 'image unmount',
  'image untag': 'untag',
  'pod list': 'pod ps',
  'pod ls': 'pod ps',
  'system info': 'info',
}

/** Words that only begin a command's name. */
export const groups: Readonly<Record<string, string>> = {
  container: 'Manage containers',
  image: 'Manage images',
  pod: 'Manage pods',
  system: 'Manage berth',
}

/** Called by programs and not by people: left out of help and completion. */
export const hiddenCommands: ReadonlySet<string> = new Set(['container cleanup'])
