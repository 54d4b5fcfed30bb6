import { useKept } from '../../hooks/use-kept.ts'

/** The switch of shortcuts that are single letters, which voice control and a slip of the hand press too (WCAG 2.1.4). */
export const useLetterShortcuts = (): [boolean, (on: boolean) => void] => useKept('letter-shortcuts', true)
