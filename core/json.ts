/** Data that survives a trip through JSON unchanged: what items, messages and wire bodies are made of. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json | undefined };
