import type { Output } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { bool, textOr } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

type Report = Output<'system.check'>

export const check = command({
  summary: 'Check storage consistency',
  description:
    'Checks records, blobs, layers, images, containers and volumes. With --repair, damaged layers are unpacked again from their blobs, and only images that cannot be repaired are removed.',
  examples: ['berth system check', 'berth system check --repair'],
  flags: {
    force: bool('f', 'Remove inconsistent images and containers'),
    max: textOr('m', 'Maximum allowed age of unreferenced layers', '24h0m0s'),
    quick: bool('q', 'Skip time-consuming checks. The default is to include time-consuming checks'),
    repair: bool('r', 'Repair what can be repaired, and remove inconsistent images'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const report = await (
      await engine()
    )['system.check']({
      quick: flags.quick,
      repair: flags.repair,
      repair_lossy: flags.force,
      unreferenced_layer_max_age: flags.max,
    })
    print(text(report))
    if (report.Errors) throw new ExitError(125, 'damage detected in local storage')
  },
})

/** Podman's wording; blobs, volumes and repairs are ours. */
function text(report: Report): string {
  const parts: string[] = []
  for (const [label, errors] of Object.entries(report.Records ?? {})) parts.push(damaged('record of', label, errors))
  for (const [id, errors] of Object.entries(report.Blobs ?? {})) parts.push(damaged('blob', id, errors))
  for (const [id, errors] of Object.entries(report.Layers)) parts.push(damaged('layer', id, errors))
  for (const [id, errors] of Object.entries(report.ROLayers)) parts.push(damaged('read-only layer', id, errors))
  for (const id of report.RemovedLayers) parts.push(`Deleted damaged layer: ${id}\n`)
  for (const [id, errors] of Object.entries(report.Images)) parts.push(damaged('image', id, errors))
  for (const [id, errors] of Object.entries(report.ROImages)) parts.push(damaged('read-only image', id, errors))
  for (const id of Object.keys(report.RemovedImages)) parts.push(`Deleted damaged image: ${id}\n`)
  for (const [id, errors] of Object.entries(report.Containers)) parts.push(damaged('container', id, errors))
  for (const id of Object.keys(report.RemovedContainers)) parts.push(`Deleted damaged container: ${id}\n`)
  for (const [name, errors] of Object.entries(report.Volumes ?? {})) parts.push(damaged('volume', name, errors))
  for (const [name, errors] of Object.entries(report.Networks ?? {})) parts.push(damaged('network', name, errors))
  for (const sentence of report.Repaired ?? []) parts.push(`Repaired: ${sentence}\n`)
  return parts.join('')
}

function damaged(kind: string, id: string, errors: readonly string[]): string {
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`
  return `Damaged ${kind} ${id}:\n${count} occurred:\n${errors.map((error) => `\t* ${error}\n`).join('')}\n`
}
