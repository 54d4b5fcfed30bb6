import { describe } from 'vitest'

import { openLayerStore } from './index.ts'
import { layerStoreSuite } from './suite.ts'

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  layerStoreSuite('overlay', (root) => openLayerStore({ root }))
})
