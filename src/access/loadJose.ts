/** When the first token is issued or verified: who uses API keys alone needs none of it, and it is a twentieth of the start. */
export const loadJose = () => import('jose');
