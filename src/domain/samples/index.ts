export { type Sample, type SampleOptions, sampleTypes, sampleWebhook } from "./sample.ts";
