import { opencode } from "./run/agents.ts";
import { commonScenarios } from "./scenarios.ts";

commonScenarios(opencode);
