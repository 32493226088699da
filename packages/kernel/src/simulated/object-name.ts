/**
 * The name of a program or map from the 16 bytes of an attr; what follows the first zero is not looked at.
 *
 * @returns null when a byte is neither in `[A-Za-z0-9_.]` nor a letter of Latin-1, or none of the bytes is zero
 */
export function readObjectName(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  if (end < 0) return null;
  const name = String.fromCharCode(...bytes.subarray(0, end));
  return /^[A-Za-z0-9_.À-ÖØ-öø-ÿ]*$/.test(name) ? name : null;
}
