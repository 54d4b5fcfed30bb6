import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool, number, texts, textOr } from '../../parse/flags.ts'
import { inContext } from '../../../spec/bad-value.ts'
import { parsePairs } from '../../../spec/pair.ts'

export const volumeCreate = command({
  summary: 'Create a new volume',
  description:
    'If using the default driver, "local", the volume will be created on the host in the volumes directory under container storage.',
  usage: '[NAME]',
  examples: ['berth volume create myvol', 'berth volume create', 'berth volume create --label foo=bar myvol'],
  flags: {
    driver: textOr('d', 'Specify volume driver name', 'local'),
    gid: number('', 'Set the GID of the volume owner', { value: 'uint' }),
    ignore: bool('', "Don't fail if volume already exists"),
    label: texts('l', 'Set metadata for a volume'),
    opt: texts('o', 'Set driver specific options'),
    uid: number('', 'Set the UID of the volume owner', { value: 'uint' }),
  },
  args: { max: 1 },
  async run({ args, flags, engine }) {
    const { Name } = await (
      await engine()
    )['volume.create']({
      body: {
        Name: args[0],
        Driver: flags.driver,
        Labels: inContext('unable to process labels', () => parsePairs(flags.label, 'label')),
        Options: parsePairs(flags.opt, 'option'),
        IgnoreIfExists: flags.ignore,
        UID: flags.uid,
        GID: flags.gid,
      },
    })
    print(`${Name}\n`)
  },
})
