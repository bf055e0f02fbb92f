/** Of the operator, wherever a test or its fixtures start a gateway. */
export const ADMIN_KEY = 'Qk3vR8sTzW1xY5bN7mJ2hG4fD6cL9pAe';
