import { hostScenarios } from "./scenarios.ts";

hostScenarios("Node", process.execPath);
