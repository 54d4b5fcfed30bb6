import type { Locator, Page } from 'playwright-core'

/** Opens the dialog for a new container by one of its buttons, and says from which image and by what name. */
export async function openCreateDialog(page: Page, image: string, name: string, button = 'Create container'): Promise<Locator> {
  await page.getByRole('button', { name: button, exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByRole('combobox', { name: 'Image' })
    .or(dialog.getByLabel('Image', { exact: true }))
    .first()
    .fill(image)
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  return dialog
}

/** Chooses an action from an object's menu. */
export async function act(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`Actions for ${name}`) }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}
