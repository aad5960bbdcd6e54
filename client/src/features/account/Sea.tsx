/** Waves along the lower edge with the rock standing in them. */
export function Sea() {
  return (
    <svg
      aria-hidden
      viewBox="0 -20 1200 140"
      preserveAspectRatio="xMaxYMax slice"
      className="mt-auto h-24 w-full shrink-0 tablet:h-35"
    >
      <path
        d="m948 76 24-36 18-9 20-33 19-5 15 34 13 49ZM1068 76l11-20 9 4 8 16Z"
        className="fill-accent stroke-accent"
        strokeWidth="7"
        strokeLinejoin="round"
        transform="translate(0 8)"
      />
      <path d={`M0 76${'q12.5 9 25 0t25 0'.repeat(24)}V120H0Z`} className="fill-tide" />
      <path
        d="M936 98h84M1052 98h32M974 112h46"
        className="stroke-accent"
        strokeWidth="4"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
