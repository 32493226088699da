/** Type information as it was loaded. */
export interface BtfObject {
  readonly kind: 'btf';
  readonly id: number;
  readonly bytes: Uint8Array;
  references: number;
}
