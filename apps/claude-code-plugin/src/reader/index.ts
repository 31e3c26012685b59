export { type Found, readSession } from "./readPortions.ts";
export {
  type BrokenLine,
  type Portion,
  type SavedPosition,
  TranscriptReader,
} from "./transcriptReader.ts";
