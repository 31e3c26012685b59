import { isObject, type Reader } from "../shared/read.ts";

/** An OpenCode error (`{name, data: {message}}`) as `name: message`; null where there is none. */
export function errorText(value: unknown, field: string, reader: Reader): string | null {
  const error = reader.object<{ name: unknown; data: unknown }>(value, field);
  const data = reader.object<{ message: unknown }>(error.data, `${field}.data`);
  const name = reader.line(error.name, `${field}.name`);
  const message = reader.line(data.message, `${field}.data.message`);
  return name && message ? `${name}: ${message}` : name || message;
}

/** The name of an OpenCode error; null where there is none. */
export function errorName(value: unknown): string | null {
  return isObject(value) && typeof value.name === "string" ? value.name : null;
}
