/**
 * The name of a program or map from the 16 bytes of an attr; what follows the first zero is not looked at.
 *
 * @returns null when a byte is not in `[A-Za-z0-9_.]` or none of the bytes is zero
 */
export function readObjectName(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  if (end < 0) return null;
  const name = String.fromCharCode(...bytes.subarray(0, end));
  return /^[A-Za-z0-9_.]*$/.test(name) ? name : null;
}
