import { hostScenarios } from "./scenarios.ts";
import { storeScenarios } from "./storeScenarios.ts";

hostScenarios("Node", process.execPath);
storeScenarios("Node", process.execPath);
