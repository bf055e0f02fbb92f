/** The simulator began with this second, and says so in every answer: the same requests give the same bytes. */
export const CREATED_SECONDS = 1_767_225_600;
