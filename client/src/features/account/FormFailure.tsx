import { failureText } from '../../api/failureText.ts';

/** What is wrong with the whole form; what is wrong with one field stands at that field. */
export function FormFailure({ failure }: { failure: Error | undefined }) {
  return (
    <p role="alert" className="text-secondary text-danger empty:hidden">
      {failure !== undefined && failureText(failure)}
    </p>
  );
}
