import type { Output } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { ago } from '../../../spec/duration.ts'
import { formatSize } from '../../../spec/size.ts'
import { shortId } from '../../../spec/name.ts'
import { renderRows } from '../../output/report.ts'
import { listRow } from '../../output/template/types/list.ts'
import { bool, text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

type Step = Output<'image.history'>[number]

const longest = 45

export const history = command({
  summary: 'Show history of a specified image',
  description: 'Displays the history of an image: information about each step it was made in.',
  usage: 'IMAGE',
  examples: ['berth history quay.io/fedora/fedora', 'berth history --format "{{.ID}} {{.CreatedBy}}" busybox'],
  flags: {
    format: text('', 'Change the output to JSON or a Go template'),
    human: bool('H', 'Display sizes and dates in human readable format', true),
    'no-trunc': bool('', 'Do not truncate the output'),
    quiet: bool('q', 'Display the numeric IDs only'),
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine }) {
    const steps = await (await engine())['image.history']({ name })
    if (flags.format === 'json') {
      print(`${goJson(steps.map(jsonStep), 0, true)}\n`)
      return
    }
    const rows = steps.map((step) => historyRow(step, flags['no-trunc'], flags.human))
    if (flags.quiet) {
      print(rows.map(({ ID }) => `${ID}\n`).join(''))
      return
    }
    print(
      renderRows(rows, {
        name: 'history',
        type: 'images.historyReporter',
        format: flags.format,
        normal: '{{.ID}}\t{{.Created}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}',
      }),
    )
  },
})

const isoSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000', '')

function historyRow(step: Step, long: boolean, human: boolean) {
  const at = isoSeconds(step.Created)
  const since = ago(step.Created * 1000)
  const by = step.CreatedBy
  const own = {
    ID: long || step.Id === '<missing>' ? step.Id : shortId(step.Id),
    Created: human ? since : at,
    CreatedAt: at,
    CreatedSince: since,
    CreatedBy: long || by.length <= longest ? by : `${by.slice(0, longest - 3)}...`,
    Size: formatSize(step.Size, 3),
    Comment: step.Comment,
  }
  return listRow('images.historyReporter', 'types.ImageHistoryLayer', namedAsCommand(step), own)
}

/** The names that podman's command has, which are not those of its API. */
function namedAsCommand({ Id, Created, CreatedBy, Tags, Size, Comment }: Step): object {
  return {
    id: Id,
    created: isoSeconds(Created),
    CreatedBy,
    ...(Tags ? { tags: Tags } : {}),
    size: Size,
    ...(Comment === '' ? {} : { comment: Comment }),
  }
}

const jsonStep = (step: Step): object => ({ ...namedAsCommand(step), Created: isoSeconds(step.Created) })
