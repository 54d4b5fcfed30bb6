import type { Command } from '../command.ts'

/** A command of skopeo's, mapped to one of ours. */
export interface SkopeoCommand {
  summary: string
  /** Loaded when it is called. */
  load: () => Promise<Command>
  /** The message for a wrong number of arguments. */
  wrongCount?: string
  /** Whether help is shown with it. */
  showsUsage?: true
  /** The exit code is 2 for a missing image: at registries and in the store, or only in the store. */
  reportsMissingSource?: 'all' | 'containers-storage:'
}

/** Skopeo's commands, by name. */
export const skopeoCommands: Readonly<Record<string, SkopeoCommand>> = {
  copy: {
    summary: 'Copy an IMAGE-NAME from one location to another',
    load: async () => (await import('./commands.ts')).skopeoCopy,
    wrongCount: 'Exactly two arguments expected',
    showsUsage: true,
    reportsMissingSource: 'all',
  },
  delete: {
    summary: 'Delete image IMAGE-NAME',
    load: async () => (await import('../commands/image/delete.ts')).imageDelete,
    wrongCount: 'Usage: delete imageReference',
    reportsMissingSource: 'containers-storage:',
  },
  'generate-sigstore-key': {
    summary: 'Generate a sigstore public/private key pair',
    load: async () => (await import('./commands.ts')).skopeoGenerateKey,
    wrongCount: 'Usage: generate-sigstore-key --output-prefix PREFIX',
  },
  inspect: {
    summary: 'Inspect image IMAGE-NAME',
    load: async () => (await import('./commands.ts')).skopeoInspect,
    wrongCount: 'Exactly one argument expected',
    reportsMissingSource: 'all',
  },
  'list-tags': {
    summary: 'List tags in the transport/repository specified by the SOURCE-IMAGE',
    load: async () => (await import('../commands/image/list-tags.ts')).imageListTags,
    wrongCount: 'Exactly one non-option argument expected',
    showsUsage: true,
  },
  login: {
    summary: 'Login to a container registry',
    load: async () => (await import('./commands.ts')).skopeoLogin,
  },
  logout: {
    summary: 'Logout of a container registry',
    load: async () => (await import('./commands.ts')).skopeoLogout,
  },
  'manifest-digest': {
    summary: 'Compute a manifest digest of a file',
    load: async () => (await import('./commands.ts')).manifestDigest,
    wrongCount: 'Usage: skopeo manifest-digest manifest',
  },
  'standalone-sign': {
    summary: 'Create a signature using local files',
    load: async () => (await import('./commands.ts')).skopeoSign,
    wrongCount: 'Usage: skopeo standalone-sign manifest docker-reference key-fingerprint -o signature',
  },
  'standalone-verify': {
    summary: 'Verify a signature using local files',
    load: async () => (await import('../commands/image/standalone-verify.ts')).standaloneVerify,
    wrongCount: 'Usage: skopeo standalone-verify manifest docker-reference key-fingerprint signature',
  },
  sync: {
    summary: 'Synchronize one or more images from one location to another',
    load: async () => (await import('./commands.ts')).skopeoSync,
    wrongCount: 'Exactly two arguments expected',
    showsUsage: true,
    reportsMissingSource: 'all',
  },
}
