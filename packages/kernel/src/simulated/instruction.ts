/** What the simulated kernel knows of the instruction set: whatever may name a map or a function. */
export const instruction = {
  /** Opcode of the load of a 64-bit number; takes two instruction slots. */
  LOAD_IMMEDIATE_64: 0x18,
  /** In the source register of that load: the number is a map's fd. */
  MAP_FD: 1,
  /** The number is a map's fd and an offset into its value. */
  MAP_VALUE: 2,
  /** The number is the distance to a function of the program. */
  FUNCTION_ADDRESS: 4,
  /** The number is a place in the array of fds. */
  MAP_INDEX: 5,
  /** The number is a place in the array of fds, and an offset into the value. */
  MAP_INDEX_VALUE: 6,
  /** Opcode of a call. */
  CALL: 0x85,
  /** In the source register of a call: the number is the distance to a function of the program. */
  OWN_FUNCTION: 1,
} as const;
