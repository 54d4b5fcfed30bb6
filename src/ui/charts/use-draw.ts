import { useState } from 'react'

import type { Section } from './chart-props.ts'

interface Pointed {
  activeLabel?: string | number
}

/** A section of a chart that is being drawn with the pointer: `onZoom` is called with it at the end. */
export function useDraw(onZoom: ((section: Section) => void) | undefined) {
  const [ends, setEnds] = useState<readonly [number, number]>()
  if (!onZoom) return { section: undefined, handlers: {} }
  const section = ends && { from: Math.min(...ends), to: Math.max(...ends) }
  const at = ({ activeLabel }: Pointed): number | undefined => {
    const time = Number(activeLabel)
    return activeLabel === undefined || Number.isNaN(time) ? undefined : time
  }
  return {
    section: section && section.to > section.from ? section : undefined,
    handlers: {
      onMouseDown: (pointed: Pointed) => {
        const time = at(pointed)
        if (time !== undefined) setEnds([time, time])
      },
      onMouseMove: (pointed: Pointed) => {
        const time = at(pointed)
        if (ends && time !== undefined) setEnds([ends[0], time])
      },
      onMouseUp: () => {
        setEnds(undefined)
        if (section && section.to > section.from) onZoom(section)
      },
      onMouseLeave: () => setEnds(undefined),
    },
  }
}
