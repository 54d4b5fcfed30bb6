import { check } from '../../networks/check.ts'
import { type CheckJob, repaired } from './job.ts'

/** Whether crashes left addresses, namespaces or bridges of networks. */
export async function checkNetworks(job: CheckJob): Promise<void> {
  const { Problems } = await check(job.context, { repair: job.repair })
  for (const { Object: object, Text, Repaired } of Problems) {
    if (Repaired) {
      repaired(job, Text)
      continue
    }
    const found = (job.report.Networks ??= {})
    found[object] = [...(found[object] ?? []), Text]
    job.remaining++
  }
}
