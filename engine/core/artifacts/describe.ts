import type { Output } from '../../contract/index.ts'
import { parseJson } from '../../image/index.ts'
import type { ArtifactRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { readArtifact } from './find.ts'

type Artifact = Output<'artifact.inspect'>

/** An artifact as libpod shows it. @throws StoreCorrupt */
export async function describeArtifact(context: Context, record: ArtifactRecord): Promise<Artifact> {
  const { bytes } = await readArtifact(context, record)
  return {
    Manifest: parseJson(bytes, `The artifact ${record.name}`) as Artifact['Manifest'],
    Name: record.name,
    Digest: record.digest,
  }
}
