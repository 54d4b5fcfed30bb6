import { type Json, type Open, ProblemError } from '../../protocol/index.ts'

/** The text in `field` of an open, or undefined where it is absent. @throws ProblemError `protocol-error` for another type. */
export function textOption(open: Open, field: string): string | undefined {
  const value = open[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value.includes('\0')) throw invalid(field, 'text')
  return value
}

/** As {@link textOption}, for a field that has to be there. */
export function requiredText(open: Open, field: string): string {
  const value = textOption(open, field)
  if (value === undefined || value === '') throw invalid(field, 'text')
  return value
}

/** An absolute path. @throws ProblemError `protocol-error`. */
export function pathOption(open: Open, field = 'path'): string {
  const path = requiredText(open, field)
  if (!path.startsWith('/') || path.length > 4096) throw invalid(field, 'an absolute path')
  return path
}

/** A list of texts, or undefined. @throws ProblemError `protocol-error`. */
export function listOption(open: Open, field: string): string[] | undefined {
  const value = open[field]
  if (value === undefined || value === null) return undefined
  if (!isTexts(value)) throw invalid(field, 'a list of texts')
  return value
}

/** A number within bounds, or `fallback`. @throws ProblemError `protocol-error`. */
export function numberOption(open: Open, field: string, fallback: number, min: number, max: number): number {
  const value = open[field]
  if (value === undefined || value === null) return fallback
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max)
    throw invalid(field, `a number from ${min} to ${max}`)
  return value
}

/** Whether `field` is set. */
export function flagOption(open: Open, field: string): boolean {
  return open[field] === true
}

/** The error for a field that is not what it must be. */
export function invalid(field: string, wanted: string): ProblemError {
  return new ProblemError('protocol-error', `The field "${field}" is not ${wanted}.`)
}

function isTexts(value: Json): value is string[] {
  return Array.isArray(value) && value.length <= 4096 && value.every((each) => typeof each === 'string' && !each.includes('\0'))
}
