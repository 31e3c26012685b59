/** A model as a price list knows it; without a provider it is looked for among all. */
export interface ListedModel {
  model: string;
  provider: string | undefined;
}

/** What Amazon's service adds before the name of a maker. */
const BEDROCK = /^(?:(?:global|us|eu|apac|jp|au)\.)?anthropic\./;

/**
 * Where to look for the price of what the record names, the most exact first.
 * Source: the ids that both agents send, and those of genai-prices 0.1.8.
 */
export function lookUps(model: string, provider: string | null): ListedModel[] {
  const plain = model.replace(/:(?!\d)[\w-]+$/, "");
  const names = plain === model ? [model] : [model, plain];
  return names.flatMap((name) => placesOf(name, provider));
}

function placesOf(model: string, provider: string | null): ListedModel[] {
  const found: ListedModel[] = [];
  if (provider) found.push({ model, provider });
  if (BEDROCK.test(model)) found.push({ model, provider: "aws" });
  else if (model.includes("/")) found.push({ model, provider: "openrouter" });
  else found.push({ model, provider: undefined });
  return found;
}
