import type { Question } from '../question.js';

/** A question of which only the model's timing and faults are wanted. */
export function embedQuestion(model: string, texts: readonly string[]): Question {
  const prompt = texts.map((text) => ({ text, images: 0 }));
  return { model, text: '', images: 0, tools: [], parallelTools: false, turns: 0, prompt };
}
