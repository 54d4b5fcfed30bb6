import type { Output } from '../../../engine/contract/index.ts'

export type Inspect = Output<'image.inspect'>
